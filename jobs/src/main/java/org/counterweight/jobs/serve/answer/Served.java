package org.counterweight.jobs.serve.answer;

import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What answers now. Something else can be put in its place while it is in use: whoever uses it goes on with what was there,
 * and it is closed when the last of them is done.
 */
public final class Served implements AutoCloseable {
    private Holder now;

    /** What answers, and how many use it. */
    private static final class Holder {
        private final Answering answering;
        private final CountDownLatch closed = new CountDownLatch(1);
        private int users = 1; // this object's own hold on it

        Holder(Answering answering) {
            this.answering = answering;
        }

        synchronized void hold() {
            users++;
        }

        void release() {
            boolean isLast;
            synchronized (this) {
                isLast = --users == 0;
            }
            if (isLast) {
                try {
                    answering.close();
                } finally {
                    closed.countDown();
                }
            }
        }

        void awaitClosed() {
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the server ends; what is left is closed by its last user
            }
        }
    }

    public Served(Answering first) {
        now = new Holder(first);
    }

    private synchronized Holder held() {
        now.hold();
        return now;
    }

    /** Uses what answers now; it stays open meanwhile. */
    public void use(Consumer<Answering> user) {
        with(answering -> {
            user.accept(answering);
            return Boolean.TRUE;
        });
    }

    /** Uses what answers now; it stays open meanwhile. */
    public <T> T with(Function<Answering, T> user) {
        Holder held = held();
        try {
            return user.apply(held.answering);
        } finally {
            held.release();
        }
    }

    /** Puts something else in its place, and waits until nobody uses what was there; not for one who uses it. */
    public void exchange(Answering next) {
        Holder before;
        synchronized (this) {
            before = now;
            now = new Holder(next);
        }
        before.release();
        before.awaitClosed();
    }

    @Override
    public synchronized void close() {
        now.release();
    }
}
