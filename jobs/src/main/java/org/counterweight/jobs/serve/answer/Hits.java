package org.counterweight.jobs.serve.answer;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.counterweight.edit.GraceTap;
import org.counterweight.model.Batch;

/** How often each edit answered since the server began, and when last. */
final class Hits implements GraceTap.Served {
    private final Map<Long, Hit> byEntry = new ConcurrentHashMap<>();
    private final LongAdder all = new LongAdder();

    private static final class Hit {
        private final LongAdder count = new LongAdder();
        private volatile long last;
    }

    @Override
    public void served(String point, Batch batch, long[] ids) {
        for (long id : ids) {
            if (id >= 0) {
                Hit hit = byEntry.computeIfAbsent(id, key -> new Hit());
                hit.count.increment();
                hit.last = System.currentTimeMillis();
                all.increment();
            }
        }
    }

    long of(long entry) {
        Hit hit = byEntry.get(entry);
        return hit == null ? 0 : hit.count.sum();
    }

    /** In milliseconds since 1970; 0 for never. */
    long last(long entry) {
        Hit hit = byEntry.get(entry);
        return hit == null ? 0 : hit.last;
    }

    long all() {
        return all.sum();
    }
}
