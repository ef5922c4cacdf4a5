package org.counterweight.spark.federate;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.data.Prepared;
import org.jspecify.annotations.Nullable;

/** What an executor has read stays in its memory for the next round, as long as the process lives. */
final class KeptRows {
    private static final Map<String, Kept> ALL = new ConcurrentHashMap<>();

    private KeptRows() {}

    /** A client's rows, read by whoever asks first; a failure is not kept. */
    private static final class Kept {
        private @Nullable Prepared rows;

        synchronized Prepared get(Supplier<Prepared> read) {
            Prepared found = rows;
            if (found == null) {
                Scope scope = Scope.open();
                boolean isRead = false;
                try {
                    found = read.get();
                    isRead = true;
                } finally {
                    if (isRead) {
                        scope.detach(); // the rows outlive the task
                    } else {
                        scope.close();
                    }
                }
                rows = found;
            }
            return found;
        }
    }

    /** @param key of the federation, the client and what of its rows is meant */
    static Prepared of(String key, Supplier<Prepared> read) {
        return ALL.computeIfAbsent(key, unused -> new Kept()).get(read);
    }
}
