package org.counterweight.jobs.serve.log;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A line of a log: the CRC-32C of what follows in eight hexadecimal digits, a blank, a JSON object, a line feed. */
final class LogLine {
    private static final int DIGITS = 8;
    private static final HexFormat HEX = HexFormat.of();

    private LogLine() {}

    static byte[] write(ObjectNode json) {
        byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
        byte[] head = (HEX.toHexDigits(crc(text, 0)) + " ").getBytes(StandardCharsets.US_ASCII);
        byte[] line = new byte[head.length + text.length + 1];
        System.arraycopy(head, 0, line, 0, head.length);
        System.arraycopy(text, 0, line, head.length, text.length);
        line[line.length - 1] = '\n';
        return line;
    }

    /**
     * What stands in a line, or null if it is damaged.
     *
     * @param line without its line feed
     */
    static @Nullable ObjectNode read(byte[] line) {
        if (line.length <= DIGITS || line[DIGITS] != ' ') {
            return null;
        }
        String stated = new String(line, 0, DIGITS, StandardCharsets.US_ASCII);
        if (!stated.equals(HEX.toHexDigits(crc(line, DIGITS + 1)))) {
            return null;
        }
        try {
            return Configs.json(
                    new String(line, DIGITS + 1, line.length - DIGITS - 1, StandardCharsets.UTF_8),
                    "a line of the log");
        } catch (ConfigException e) {
            return null; // its sum is right and it is no JSON: something else wrote it
        }
    }

    private static int crc(byte[] bytes, int from) {
        var crc = new CRC32C();
        crc.update(bytes, from, bytes.length - from);
        return (int) crc.getValue();
    }
}
