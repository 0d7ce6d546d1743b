// SPDX-License-Identifier: BSL-1.0
import java.nio.ByteBuffer;
import java.util.*;
import java.util.stream.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.*;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.*;

/** Writes what Java's client makes of subscriptions, assignments and whole groups: assignments.tsv.
 *  Usage: java -cp kafka-clients-4.4.0.jar:slf4j-api.jar AssignmentGen.java 9 120 > assignments.tsv
 *  (a seed, and how many groups of each assignor)
 *  (the jars come with test/interop/pom.xml). Rows, "-" for null, partitions as topic:0,1;topic:2:
 *    subscription  version  topics  user data in hex  owned  generation  rack  bytes in hex
 *    assignment    version  partitions  user data in hex  bytes in hex
 *    user-data     assignor  partitions  generation  bytes in hex
 *    assign        assignor  topics (a partition's racks by "/", none: "_")  members  result
 *  with a member as id|instance id|rack|topics|owned|generation, and the result as id=partitions, both by blanks. */
public class AssignmentGen {
    static Random random;
    static final String[] RACKS = {"a", "b", "c", "d"};

    static String hex(ByteBuffer b) {
        if (b == null) return "-";
        byte[] all = new byte[b.remaining()];
        b.duplicate().get(all);
        return "x" + HexFormat.of().formatHex(all);
    }
    static String text(Collection<TopicPartition> all) {
        TreeMap<String, TreeSet<Integer>> by = new TreeMap<>();
        for (TopicPartition p : all) by.computeIfAbsent(p.topic(), t -> new TreeSet<>()).add(p.partition());
        return by.entrySet().stream().map(e -> e.getKey() + ":" + e.getValue().stream().map(String::valueOf).collect(Collectors.joining(",")))
            .collect(Collectors.joining(";"));
    }
    static void row(Object... cells) { System.out.println(Arrays.stream(cells).map(String::valueOf).collect(Collectors.joining("\t"))); }

    static List<TopicPartition> some(int topics, int partitions) {
        List<TopicPartition> all = new ArrayList<>();
        for (int t = 0; t < topics; t++) for (int p = 0; p < partitions; p++) if (random.nextBoolean()) all.add(new TopicPartition("topic" + t, p));
        return all;
    }
    static void bytes(int samples) {
        for (int s = 0; s < samples; s++) for (short v = 0; v <= 3; v++) {
            List<String> topics = IntStream.range(0, random.nextInt(4)).mapToObj(i -> "topic" + i).collect(Collectors.toList());
            ByteBuffer user = random.nextInt(3) == 0 ? null : ByteBuffer.wrap(new byte[random.nextInt(5)]);
            List<TopicPartition> owned = some(random.nextInt(3), 3);
            int generation = random.nextInt(4) - 1;
            Optional<String> rack = random.nextBoolean() ? Optional.of("rack" + random.nextInt(3)) : Optional.empty();
            ByteBuffer b = ConsumerProtocol.serializeSubscription(new Subscription(topics, user, owned, generation, rack), v);
            row("subscription", v, String.join(",", topics), hex(user), text(owned), generation, rack.orElse("-"), hex(b));
            row("assignment", v, text(owned), hex(user), hex(ConsumerProtocol.serializeAssignment(new Assignment(owned, user), v)));
        }
        for (int s = 0; s < samples; s++) {
            List<TopicPartition> owned = some(3, 3);
            int generation = random.nextInt(100);
            ConsumerGroupMetadata group = new ConsumerGroupMetadata("g", generation, "m", Optional.empty());
            StickyAssignor sticky = new StickyAssignor();
            sticky.onAssignment(new Assignment(owned), group);
            row("user-data", "sticky", text(owned), generation, hex(sticky.subscriptionUserData(Set.of())));
            CooperativeStickyAssignor cooperative = new CooperativeStickyAssignor();
            cooperative.onAssignment(new Assignment(owned), group);
            row("user-data", "cooperative-sticky", text(owned), generation, hex(cooperative.subscriptionUserData(Set.of())));
        }
    }

    static void assign(ConsumerPartitionAssignor assignor, boolean sameTopics, boolean racks, boolean owned) {
        int topics = 1 + random.nextInt(4), members = 1 + random.nextInt(7), size = 1 + random.nextInt(12);
        List<Node> nodes = new ArrayList<>();
        for (int n = 0; n < 4; n++) nodes.add(new Node(n, "h", 1, racks ? RACKS[n] : null));
        List<PartitionInfo> infos = new ArrayList<>();
        List<String> layout = new ArrayList<>();
        for (int t = 0; t < topics; t++) {
            int count = random.nextBoolean() ? size : 1 + random.nextInt(12);
            List<String> each = new ArrayList<>();
            for (int p = 0; p < count; p++) {
                List<Node> copies = new ArrayList<>(nodes);
                Collections.shuffle(copies, random);
                Node[] replicas = copies.subList(0, 1 + random.nextInt(3)).toArray(new Node[0]);
                infos.add(new PartitionInfo("topic" + t, p, replicas[0], replicas, replicas));
                each.add(racks ? Arrays.stream(replicas).map(Node::rack).collect(Collectors.joining("/")) : "_");
            }
            layout.add("topic" + t + ":" + String.join(",", each));
        }
        Cluster cluster = new Cluster("c", nodes, infos, Set.of(), Set.of());
        Map<String, Subscription> group = new TreeMap<>();
        List<String> described = new ArrayList<>();
        Map<String, List<TopicPartition>> before = new HashMap<>();
        for (PartitionInfo p : infos) if (owned && random.nextInt(5) > 0) before.computeIfAbsent("m" + random.nextInt(members + 1), m -> new ArrayList<>()).add(new TopicPartition(p.topic(), p.partition()));
        for (int m = 0; m < members; m++) {
            String id = "m" + m;
            List<String> wanted = new ArrayList<>();
            for (int t = 0; t < topics; t++) if (sameTopics || random.nextInt(3) > 0) wanted.add("topic" + t);
            if (random.nextInt(10) == 0 && !sameTopics) wanted.add("gone");
            List<TopicPartition> mine = before.getOrDefault(id, List.of()).stream().filter(p -> wanted.contains(p.topic())).collect(Collectors.toList());
            String rack = racks && random.nextInt(4) > 0 ? RACKS[random.nextInt(4)] : null;
            String instance = random.nextInt(4) == 0 ? "i" + (members - m) : null;
            ByteBuffer user = null;
            if (owned && assignor instanceof StickyAssignor) {
                StickyAssignor writer = new StickyAssignor();
                writer.onAssignment(new Assignment(mine), new ConsumerGroupMetadata("g", 5, id, Optional.empty()));
                user = writer.subscriptionUserData(Set.of());
            }
            Subscription s = new Subscription(wanted, user, assignor instanceof CooperativeStickyAssignor ? mine : List.of(), owned ? 5 : -1, Optional.ofNullable(rack));
            s.setGroupInstanceId(Optional.ofNullable(instance));
            group.put(id, s);
            described.add(id + "|" + (instance == null ? "-" : instance) + "|" + (rack == null ? "-" : rack) + "|" + String.join(",", wanted) + "|" + text(mine) + "|" + (owned ? 5 : -1));
        }
        Map<String, Assignment> result = assignor.assign(cluster, new GroupSubscription(group)).groupAssignment();
        row("assign", assignor.name(), String.join(";", layout), String.join(" ", described),
            new TreeMap<>(result).entrySet().stream().map(e -> e.getKey() + "=" + text(e.getValue().partitions())).collect(Collectors.joining(" ")));
    }

    public static void main(String[] a) {
        random = new Random(Long.parseLong(a[0]));
        int samples = Integer.parseInt(a[1]);
        bytes(samples / 8);
        for (int s = 0; s < samples; s++) {
            assign(new RangeAssignor(), random.nextBoolean(), s % 2 == 0, false);
            assign(new RoundRobinAssignor(), random.nextBoolean(), s % 2 == 0, false);
            assign(new StickyAssignor(), s % 2 == 0, false, s % 4 > 1);
            assign(new CooperativeStickyAssignor(), s % 2 == 0, false, s % 4 > 1);
        }
    }
}
