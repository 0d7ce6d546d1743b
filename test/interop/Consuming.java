// SPDX-License-Identifier: BSL-1.0
// Kafka's own client, for what its console tools cannot do.
//
//   Consuming write SERVERS TOPIC CODEC          lines KEY TAB VALUE, with the times 1500000000000, 1500000000001, ...
//   Consuming transactions SERVERS TOPIC SEED    transactions side by side: committed, aborted, and one left open
//   Consuming read SERVERS TOPIC ISOLATION       all there is, as lines PARTITION TAB OFFSET TAB KEY TAB VALUE
//
// It is compiled for one release and also runs with the jars of older ones, as far as they have what it calls.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

public class Consuming {
    static final int PARTITIONS = 2;

    static Map<String, Object> settings(String servers) {
        Map<String, Object> with = new HashMap<>();
        with.put("bootstrap.servers", servers);
        for (String side : new String[] {"key", "value"}) {
            with.put(side + ".serializer", "org.apache.kafka.common.serialization.StringSerializer");
            with.put(side + ".deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        }
        return with;
    }

    static void write(String servers, String topic, String codec) throws Exception {
        Map<String, Object> with = settings(servers);
        with.put("compression.type", codec);
        with.put("linger.ms", 50);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        long time = 1500000000000L;
        try (KafkaProducer<String, String> out = new KafkaProducer<>(with)) {
            for (String line; (line = lines.readLine()) != null; ++time) {
                int split = line.indexOf('\t');
                String key = line.substring(0, split), value = line.substring(split + 1);
                out.send(new ProducerRecord<String, String>(topic, 0, time, key, value));
            }
        }
    }

    /** One producer with transactions, or without when it has no name. */
    static class Writer {
        final KafkaProducer<String, String> out;
        final String name;
        boolean open = false;
        int written = 0;

        Writer(String servers, String name, boolean transactional) {
            Map<String, Object> with = settings(servers);
            with.put("linger.ms", 1);
            if (transactional) {
                with.put("transactional.id", name);
                with.put("transaction.timeout.ms", 600000);
            }
            this.name = transactional ? name : null;
            out = new KafkaProducer<>(with);
            if (transactional) out.initTransactions();
        }

        void write(String topic, Random random) throws Exception {
            if (name != null && !open) {
                out.beginTransaction();
                open = true;
            }
            for (int left = random.nextInt(20) + 1; left > 0; --left, ++written) {
                String by = name == null ? "plain" : name;
                out.send(new ProducerRecord<>(topic, random.nextInt(PARTITIONS), by, by + "-" + written));
            }
            // In the log now: else the order in it would not be that of these calls.
            out.flush();
        }

        void end(boolean commit) throws Exception {
            if (!open) return;
            if (commit) out.commitTransaction();
            else out.abortTransaction();
            open = false;
        }
    }

    static void transactions(String servers, String topic, long seed) throws Exception {
        Random random = new Random(seed);
        List<Writer> writers = new ArrayList<>();
        for (String name : new String[] {"a", "b", "c"}) writers.add(new Writer(servers, topic + name, true));
        writers.add(new Writer(servers, "", false));
        for (int step = 0; step < 120; ++step) {
            Writer writer = writers.get(random.nextInt(writers.size()));
            writer.write(topic, random);
            if (random.nextInt(3) == 0) writer.end(random.nextBoolean());
        }
        // One ends with all aborted, one committed, one never; and what comes behind that is decided too.
        writers.get(0).end(false);
        writers.get(1).end(true);
        writers.get(2).end(true);
        writers.get(2).write(topic, random);
        writers.get(0).write(topic, random);
        writers.get(0).end(true);
        writers.get(1).write(topic, random);
        writers.get(1).end(false);
        writers.get(3).write(topic, random);
        // Without a close, which would abort.
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    static void read(String servers, String topic, String isolation) throws Exception {
        Map<String, Object> with = settings(servers);
        with.put("isolation.level", isolation);
        with.put("auto.offset.reset", "earliest");
        PrintStream out = new PrintStream(System.out, false, "UTF-8");
        try (KafkaConsumer<String, String> in = new KafkaConsumer<>(with)) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (int number = 0; number < PARTITIONS; ++number) partitions.add(new TopicPartition(topic, number));
            in.assign(partitions);
            in.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = in.endOffsets(partitions);
            for (boolean more = true; more;) {
                for (ConsumerRecord<String, String> record : in.poll(Duration.ofMillis(200))) {
                    out.print(record.partition() + "\t" + record.offset() + "\t" + record.key() + "\t");
                    out.print(record.value() + "\n");
                }
                more = false;
                for (TopicPartition each : partitions) more |= in.position(each) < ends.get(each);
            }
        }
        out.flush();
    }

    public static void main(String[] given) throws Exception {
        switch (given[0]) {
            case "write" -> write(given[1], given[2], given[3]);
            case "transactions" -> transactions(given[1], given[2], Long.parseLong(given[3]));
            case "read" -> read(given[1], given[2], given[3]);
            default -> throw new IllegalArgumentException(given[0]);
        }
    }
}
