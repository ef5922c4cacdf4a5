package org.counterweight.data.text.chat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import org.counterweight.data.text.chat.value.None;
import tools.jackson.databind.JsonNode;

/** JSON as the values of a template. */
final class ChatValues {
    private ChatValues() {}

    static Object of(JsonNode json) {
        if (json.isObject()) {
            var map = new LinkedHashMap<Object, Object>();
            json.properties().forEach(entry -> map.put(entry.getKey(), of(entry.getValue())));
            return Collections.unmodifiableMap(map);
        }
        if (json.isArray()) {
            var list = new ArrayList<Object>();
            json.forEach(element -> list.add(of(element)));
            return Collections.unmodifiableList(list);
        }
        if (json.isBoolean()) {
            return json.asBoolean();
        }
        if (json.isIntegralNumber() && json.canConvertToLong()) {
            return json.asLong();
        }
        if (json.isNumber()) {
            return json.asDouble();
        }
        return json.isString() ? json.asString() : None.NONE;
    }
}
