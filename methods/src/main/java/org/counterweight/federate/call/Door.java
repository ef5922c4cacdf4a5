package org.counterweight.federate.call;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.counterweight.federate.client.FederationException;
import org.jspecify.annotations.Nullable;

/**
 * Where clients of a round put what they made, from any thread, until one thread that waits there has enough.
 *
 * @param <T> what each of them puts
 */
public final class Door<T> {
    private static final long POLL_MILLIS = 50;

    private record Arrival<T>(String client, @Nullable T made, String failure) {}

    /**
     * What came in time.
     *
     * @param made in the order in which clients were asked
     * @param missing why each of the others is
     */
    public record Arrived<T>(Map<String, T> made, Map<String, String> missing) {}

    private final BlockingQueue<Arrival<T>> queue = new LinkedBlockingQueue<>();
    private final Consumer<T> discard;
    private volatile boolean closed;

    /** @param discard what is done with what nobody waits for any more */
    public Door(Consumer<T> discard) {
        this.discard = discard;
    }

    /** Somebody has made something. */
    public void put(String client, T made) {
        enter(new Arrival<>(client, made, ""));
    }

    /** Somebody has failed. */
    public void fail(String client, String why) {
        enter(new Arrival<>(client, null, why));
    }

    private synchronized void enter(Arrival<T> arrival) {
        if (closed) {
            drop(arrival);
        } else {
            queue.add(arrival);
        }
    }

    private void drop(Arrival<T> arrival) {
        T made = arrival.made();
        if (made != null) {
            discard.accept(made);
        }
    }

    private synchronized void close() {
        closed = true;
        queue.forEach(this::drop);
        queue.clear();
    }

    /** Whether the round went on, so that nothing is waited for any more. */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Waits until the quorum says that the round goes on; then the door is closed.
     *
     * @return null if it was stopped
     * @throws FederationException if there are too few in the time that the quorum gives
     */
    public @Nullable Arrived<T> await(int round, List<String> asked, Quorum quorum, BooleanSupplier stopped) {
        var made = new LinkedHashMap<String, T>();
        var failed = new LinkedHashMap<String, String>();
        long begun = System.nanoTime();
        boolean isWhole = false;
        try {
            while (true) {
                Arrival<T> next = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (next != null) {
                    T found = next.made();
                    if (found != null) {
                        made.put(next.client(), found);
                    } else {
                        failed.put(next.client(), next.failure());
                    }
                }
                if (stopped.getAsBoolean()) {
                    return null;
                }
                double seconds = (System.nanoTime() - begun) / 1e9;
                boolean allAnswered = made.size() + failed.size() == asked.size();
                boolean isTime = quorum.seconds() != null && seconds >= quorum.seconds();
                if (quorum.isMet(made.keySet()) && (allAnswered || isTime)) {
                    isWhole = true;
                    return sorted(asked, made, failed);
                }
                if (allAnswered || seconds >= quorum.patience()) {
                    throw tooFew(round, sorted(asked, made, failed), quorum);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            close();
            if (!isWhole) {
                made.values().forEach(discard);
            }
        }
    }

    private static <T> Arrived<T> sorted(List<String> asked, Map<String, T> made, Map<String, String> failed) {
        var inOrder = new LinkedHashMap<String, T>();
        var missing = new LinkedHashMap<String, String>();
        for (String client : asked) {
            T found = made.get(client);
            if (found != null) {
                inOrder.put(client, found);
            } else {
                missing.put(client, failed.getOrDefault(client, "late"));
            }
        }
        return new Arrived<>(inOrder, missing);
    }

    private static FederationException tooFew(int round, Arrived<?> arrived, Quorum quorum) {
        var missing = new ArrayList<String>();
        arrived.missing().forEach((client, why) -> missing.add(client + " (" + why + ")"));
        String needs = quorum.needed() != null && arrived.missing().containsKey(quorum.needed())
                ? "the target, " + quorum.needed() + ", without which sources are never aggregated"
                : quorum.least() + " clients";
        return new FederationException("round " + round + " needs " + needs + ", and has "
                + arrived.made().size()
                + "; missing: " + String.join(", ", missing)
                + "; see to them and go on with --resume, or lower federate.min_clients");
    }
}
