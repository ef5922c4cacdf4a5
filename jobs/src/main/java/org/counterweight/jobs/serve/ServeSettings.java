package org.counterweight.jobs.serve;

import java.nio.file.Path;
import org.counterweight.config.ConfigException;
import org.counterweight.jobs.serve.answer.EditedAnswers;
import org.counterweight.jobs.serve.answer.Limits;
import org.jspecify.annotations.Nullable;

/**
 * What is served, and where.
 *
 * @param model its directory
 * @param adapter on it, or null
 * @param dawin directory of a second classifier that answers together with it, or null
 * @param maxLength tokens of a text, or null for the model's own
 * @param editing how edits are made, and where they are kept
 * @param host name or number to listen at; only this machine can ask at 127.0.0.1
 * @param port to listen at, 0 for any that is free
 */
public record ServeSettings(
        Path model,
        @Nullable Path adapter,
        @Nullable Path dawin,
        @Nullable Integer maxLength,
        EditedAnswers.Editing editing,
        String host,
        int port,
        Limits limits) {
    public ServeSettings {
        if (port < 0 || port > 65535) {
            throw new ConfigException("--port", port, "a number from 0 to 65535");
        }
        if (dawin != null && (adapter != null || !editing.equals(EditedAnswers.Editing.NONE))) {
            throw new ConfigException(
                    "--dawin answers with two whole models; leave --adapter and what concerns edits out");
        }
    }
}
