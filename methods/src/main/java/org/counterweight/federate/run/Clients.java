package org.counterweight.federate.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.counterweight.engine.Engine;
import org.counterweight.federate.client.FederationException;
import org.counterweight.federate.client.LocalTraining;
import org.jspecify.annotations.Nullable;

/**
 * The clients, each in a thread of its own, of which so many compute at a time. What one of them makes does not depend on the
 * others, so that any number of threads gives the same model.
 */
final class Clients implements AutoCloseable {
    private static final long POLL_MILLIS = 50;
    private static final double MILLIS = 1e3;

    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        var thread = new Thread(work, "client of a federation");
        thread.setDaemon(true); // a late one does not keep the process
        return thread;
    });
    private final Semaphore permits;
    private final int threadsEach;

    /**
     * @param parallel how many compute at a time
     * @param threadsEach threads of one operation of each
     */
    Clients(int parallel, int threadsEach) {
        this.permits = new Semaphore(parallel);
        this.threadsEach = threadsEach;
    }

    /** What a client does in a round. */
    interface ClientCall {
        Sent of(Participant client, LocalTraining.Pace pace);
    }

    /**
     * When a round goes on.
     *
     * @param seconds after which it does so without those that are late; null to wait for all
     * @param least clients that it needs
     * @param needed the name of one that must be among them; null for none
     * @param patience seconds after which it ends if it has too few
     */
    record Quorum(
            @Nullable Double seconds, int least, @Nullable String needed, double patience) {
        boolean isMet(Map<String, Sent> arrived) {
            return arrived.size() >= least && (needed == null || arrived.containsKey(needed));
        }
    }

    /**
     * Who sent what in a round.
     *
     * @param arrived in the order in which clients were asked
     * @param missing why each of the others is
     */
    record Gathered(Map<String, Sent> arrived, Map<String, String> missing) implements AutoCloseable {
        /** With those who were asked after them. */
        Gathered and(Gathered later) {
            var all = new LinkedHashMap<>(arrived);
            all.putAll(later.arrived);
            var lost = new LinkedHashMap<>(missing);
            lost.putAll(later.missing);
            return new Gathered(all, lost);
        }

        @Override
        public void close() {
            arrived.values().forEach(Sent::close);
        }
    }

    private record Arrival(
            String client, @Nullable Sent sent, @Nullable String failure) {}

    /** Where clients of a round put what they made, until it is over. */
    private static final class Door {
        private final BlockingQueue<Arrival> queue = new LinkedBlockingQueue<>();
        private volatile boolean closed;

        synchronized void put(Arrival arrival) {
            Sent sent = arrival.sent();
            if (!closed) {
                queue.add(arrival);
            } else if (sent != null) {
                sent.close(); // nobody waits for it any more
            }
        }

        synchronized void close() {
            closed = true;
            for (Arrival late : queue) {
                Sent sent = late.sent();
                if (sent != null) {
                    sent.close();
                }
            }
        }
    }

    /**
     * Asks all of them.
     *
     * @return null if it was stopped
     * @throws FederationException if there are too few in the time that the quorum gives
     */
    @Nullable
    Gathered gather(int round, List<Participant> clients, ClientCall call, Quorum quorum, BooleanSupplier stopped) {
        var door = new Door();
        clients.forEach(client -> threads.execute(() -> answer(round, client, call, door)));
        var arrived = new LinkedHashMap<String, Sent>();
        var failed = new LinkedHashMap<String, String>();
        long begun = System.nanoTime();
        boolean isWhole = false;
        try {
            while (true) {
                Arrival next = door.queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (next != null) {
                    Sent sent = next.sent();
                    if (sent != null) {
                        arrived.put(next.client(), sent);
                    } else {
                        failed.put(next.client(), String.valueOf(next.failure()));
                    }
                }
                if (stopped.getAsBoolean()) {
                    return null;
                }
                double seconds = (System.nanoTime() - begun) / 1e9;
                boolean allAnswered = arrived.size() + failed.size() == clients.size();
                boolean isTime = quorum.seconds() != null && seconds >= quorum.seconds();
                if (quorum.isMet(arrived) && (allAnswered || isTime)) {
                    isWhole = true;
                    return sorted(clients, arrived, failed);
                }
                if (allAnswered || seconds >= quorum.patience()) {
                    throw tooFew(round, clients, arrived, failed, quorum);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            door.close();
            if (!isWhole) {
                arrived.values().forEach(Sent::close);
            }
        }
    }

    private void answer(int round, Participant client, ClientCall call, Door door) {
        try {
            Thread.sleep((long) (client.rehearsal().delaySeconds() * MILLIS));
            permits.acquire();
            try {
                Engine.setThreads(threadsEach); // each thread has a number of its own
                door.put(new Arrival(client.name(), call.of(client, pace(round, client, door)), null));
            } finally {
                permits.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (CancellationException e) {
            return; // the round went on without it
        } catch (RuntimeException | OutOfMemoryError e) {
            door.put(new Arrival(client.name(), null, String.valueOf(e.getMessage())));
        }
    }

    private static LocalTraining.Pace pace(int round, Participant client, Door door) {
        int from = client.rehearsal().failsFrom();
        return (step, steps) -> {
            if (door.closed) {
                throw new CancellationException();
            }
            if (from > 0 && round >= from && step == steps / 2) {
                throw new FederationException("it died in mid-round, as its rehearsal says");
            }
        };
    }

    private static Gathered sorted(List<Participant> clients, Map<String, Sent> arrived, Map<String, String> failed) {
        var inOrder = new LinkedHashMap<String, Sent>();
        var missing = new LinkedHashMap<String, String>();
        for (Participant client : clients) {
            Sent sent = arrived.get(client.name());
            if (sent != null) {
                inOrder.put(client.name(), sent);
            } else {
                missing.put(client.name(), failed.getOrDefault(client.name(), "late"));
            }
        }
        return new Gathered(inOrder, missing);
    }

    private static FederationException tooFew(
            int round,
            List<Participant> clients,
            Map<String, Sent> arrived,
            Map<String, String> failed,
            Quorum quorum) {
        var missing = new ArrayList<String>();
        for (Participant client : clients) {
            if (!arrived.containsKey(client.name())) {
                missing.add(client.name() + " (" + failed.getOrDefault(client.name(), "late") + ")");
            }
        }
        String needs = quorum.needed() != null && !arrived.containsKey(quorum.needed())
                ? "the target, " + quorum.needed() + ", without which sources are never aggregated"
                : quorum.least() + " clients";
        return new FederationException("round " + round + " needs " + needs + ", and has " + arrived.size()
                + "; missing: " + String.join(", ", missing)
                + "; see to them and go on with --resume, or lower federate.min_clients");
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
