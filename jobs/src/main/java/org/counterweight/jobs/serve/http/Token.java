package org.counterweight.jobs.serve.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.jspecify.annotations.Nullable;

/** What whoever changes something has to show, as {@code Authorization: Bearer …}. */
public record Token(String secret) {
    private static final int BYTES = 24;
    private static final int LEAST = 16;

    public Token {
        if (secret.length() < LEAST || !secret.matches("[\\x21-\\x7e]+")) {
            throw new ConfigException("the token is " + secret.length() + " characters long; expected at least " + LEAST
                    + ", letters, digits and signs without blanks");
        }
    }

    /** A fresh one; no run records it, for it is a secret. */
    public static Token drawn() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return new Token(HexFormat.of().formatHex(bytes));
    }

    /** That of a file, its only line. */
    public static Token read(Path file) throws IOException {
        String text = Configs.text(file).strip();
        try {
            return new Token(text);
        } catch (ConfigException e) {
            throw new ConfigException("--token-file: " + file + ": " + e.getMessage(), e);
        }
    }

    /** In a time that does not tell how much of it is right. */
    boolean isShownBy(@Nullable String header) {
        String shown = header != null && header.startsWith("Bearer ") ? header.substring("Bearer ".length()) : "";
        return MessageDigest.isEqual(
                secret.getBytes(StandardCharsets.UTF_8), shown.strip().getBytes(StandardCharsets.UTF_8));
    }
}
