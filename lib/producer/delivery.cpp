// SPDX-License-Identifier: BSL-1.0
#include <kasio/delivery.hpp>

#include <ostream>

KASIO_BEGIN_NAMESPACE

std::ostream& operator<<(std::ostream& out, fate what) {
    switch (what) {
        case fate::delivered: return out << "delivered";
        case fate::not_sent: return out << "not sent";
        case fate::unknown: return out << "fate unknown";
    }
    return out;
}

std::ostream& operator<<(std::ostream& out, const delivery& what) {
    return out << what.partition << '@' << what.offset << ' ' << what.fate;
}

KASIO_END_NAMESPACE
