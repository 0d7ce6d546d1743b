// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/codec.hpp"
#include "protocol/decoder.hpp"
#include "protocol/encoder.hpp"
#ifdef KASIO_PROTOCOL_TESTING
#include "protocol/outline.hpp"
#include "protocol/printer.hpp"
#include "protocol/random_filler.hpp"
#include "protocol/surveyor.hpp"
#endif

// For the sources of the messages alone. At their end each names its messages, once:
//
//     KASIO_API(metadata)          metadata_request and metadata_response
//     KASIO_STORED(consumer_...)   a format embedded in the bytes of another message
//
// The client's library instantiates what a client does with them, the testing library the rest.

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Message>
void encode_body(encoder& codec, const Message& message) {
    codec.structure(message);
}

template <class Message>
void decode_body(decoder& codec, Message& message) {
    codec.structure(message);
}

#ifdef KASIO_PROTOCOL_TESTING

template <class Message>
void print_message(printer& codec, const Message& message) {
    codec.structure(message);
}

template <class Message>
void fill_message(random_filler& codec, Message& message) {
    codec.structure(message);
}

template <class Message>
void survey_message(surveyor& codec, const Message& message) {
    codec.structure(message);
}

template <class Message>
void outline_message(outliner& codec, const Message& fresh) {
    codec.structure(fresh);
}

#endif

} // namespace protocol
KASIO_END_NAMESPACE

#define KASIO_ENCODES(message) template void encode_body<message>(encoder&, const message&);
#define KASIO_DECODES(message) template void decode_body<message>(decoder&, message&);

#ifndef KASIO_PROTOCOL_TESTING

#define KASIO_API(name)           \
    KASIO_ENCODES(name##_request) \
    KASIO_DECODES(name##_response)
#define KASIO_STORED(name) \
    KASIO_ENCODES(name)    \
    KASIO_DECODES(name)

#else

#define KASIO_SHOWS(message)                                          \
    template void print_message<message>(printer&, const message&);   \
    template void fill_message<message>(random_filler&, message&);    \
    template void survey_message<message>(surveyor&, const message&); \
    template void outline_message<message>(outliner&, const message&);

#define KASIO_API(name)            \
    KASIO_DECODES(name##_request)  \
    KASIO_SHOWS(name##_request)    \
    KASIO_ENCODES(name##_response) \
    KASIO_SHOWS(name##_response)
#define KASIO_STORED(name) KASIO_SHOWS(name)

#endif
