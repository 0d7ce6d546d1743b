// SPDX-License-Identifier: BSL-1.0
// Stands before the real one on the include path of a guard's program: a Boost of another version.
#pragma once
#include_next <boost/version.hpp>
#undef BOOST_VERSION
#define BOOST_VERSION 107400
