// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/config.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<describe_configs_request::describe_configs_resource, Codec>& m) {
    codec("ResourceType", m.resource_type);
    codec("ResourceName", m.resource_name);
    codec("ConfigurationKeys", m.configuration_keys, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<describe_configs_request, Codec>& m) {
    codec("Resources", m.resources);
    codec("IncludeSynonyms", m.include_synonyms, since(1));
    codec("IncludeDocumentation", m.include_documentation, since(3));
}

template <class Codec>
void describe(Codec& codec, field_of<describe_configs_response::describe_configs_synonym, Codec>& m) {
    codec("Name", m.name, since(1));
    codec("Value", m.value, since(1).nullable());
    codec("Source", m.source, since(1));
}

template <class Codec>
void describe(Codec& codec, field_of<describe_configs_response::describe_configs_resource_result, Codec>& m) {
    codec("Name", m.name);
    codec("Value", m.value, always.nullable());
    codec("ReadOnly", m.read_only);
    codec("IsDefault", m.is_default, until(0));
    codec("ConfigSource", m.config_source, since(1).initially(-1).ignorable());
    codec("IsSensitive", m.is_sensitive);
    codec("Synonyms", m.synonyms, since(1).ignorable());
    codec("ConfigType", m.config_type, since(3).ignorable());
    codec("Documentation", m.documentation, since(3).nullable().ignorable());
}

template <class Codec>
void describe(Codec& codec, field_of<describe_configs_response::describe_configs_result, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("ResourceType", m.resource_type);
    codec("ResourceName", m.resource_name);
    codec("Configs", m.configs);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_configs_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("Results", m.results);
}

template <class Codec>
void describe(Codec& codec, field_of<alter_configs_request::alterable_config, Codec>& m) {
    codec("Name", m.name);
    codec("Value", m.value, always.nullable().secret());
}

template <class Codec>
void describe(Codec& codec, field_of<alter_configs_request::alter_configs_resource, Codec>& m) {
    codec("ResourceType", m.resource_type);
    codec("ResourceName", m.resource_name);
    codec("Configs", m.configs);
}

template <class Codec>
void describe(Codec& codec, field_of<alter_configs_request, Codec>& m) {
    codec("Resources", m.resources);
    codec("ValidateOnly", m.validate_only);
}

template <class Codec>
void describe(Codec& codec, field_of<alter_configs_response::alter_configs_resource_response, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("ResourceType", m.resource_type);
    codec("ResourceName", m.resource_name);
}

template <class Codec>
void describe(Codec& codec, field_of<alter_configs_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("Responses", m.responses);
}

template <class Codec>
void describe(Codec& codec, field_of<incremental_alter_configs_request::alterable_config, Codec>& m) {
    codec("Name", m.name);
    codec("ConfigOperation", m.config_operation);
    codec("Value", m.value, always.nullable().secret());
}

template <class Codec>
void describe(Codec& codec, field_of<incremental_alter_configs_request::alter_configs_resource, Codec>& m) {
    codec("ResourceType", m.resource_type);
    codec("ResourceName", m.resource_name);
    codec("Configs", m.configs);
}

template <class Codec>
void describe(Codec& codec, field_of<incremental_alter_configs_request, Codec>& m) {
    codec("Resources", m.resources);
    codec("ValidateOnly", m.validate_only);
}

template <class Codec>
void describe(Codec& codec,
              field_of<incremental_alter_configs_response::alter_configs_resource_response, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("ResourceType", m.resource_type);
    codec("ResourceName", m.resource_name);
}

template <class Codec>
void describe(Codec& codec, field_of<incremental_alter_configs_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("Responses", m.responses);
}

template <class Codec>
void describe(Codec& codec, field_of<list_config_resources_request, Codec>& m) {
    codec("ResourceTypes", m.resource_types, since(1));
}

template <class Codec>
void describe(Codec& codec, field_of<list_config_resources_response::config_resource, Codec>& m) {
    codec("ResourceName", m.resource_name);
    codec("ResourceType", m.resource_type, since(1).initially(16).ignorable());
}

template <class Codec>
void describe(Codec& codec, field_of<list_config_resources_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("ConfigResources", m.config_resources);
}

KASIO_API(describe_configs)
KASIO_API(alter_configs)
KASIO_API(incremental_alter_configs)
KASIO_API(list_config_resources)

} // namespace protocol
KASIO_END_NAMESPACE
