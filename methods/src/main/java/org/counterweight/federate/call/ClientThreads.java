package org.counterweight.federate.call;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.jspecify.annotations.Nullable;

/**
 * The clients in this process, each in a thread of its own, of which so many compute at a time.
 *
 * @param sources all of them but the target
 * @param parallel how many compute at a time; they share the threads of LibTorch's operations evenly
 */
public record ClientThreads(List<Participant> sources, int parallel) implements Clients {
    private static final double MILLIS = 1e3;

    public ClientThreads {
        sources = List.copyOf(sources);
    }

    @Override
    public Session open(ClientTraining training, Participant learner, Seed seed) {
        var all = new HashMap<String, Participant>();
        sources.forEach(source -> all.put(source.name(), source));
        all.put(learner.name(), learner);
        return new Threads(training, all, parallel, Math.max(1, Engine.threads() / parallel));
    }

    private static final class Threads implements Session {
        private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
            var thread = new Thread(work, "client of a federation");
            thread.setDaemon(true); // a late one does not keep the process
            return thread;
        });
        private final ClientTraining training;
        private final Map<String, Participant> all;
        private final Semaphore permits;
        private final int threadsEach;

        Threads(ClientTraining training, Map<String, Participant> all, int parallel, int threadsEach) {
            this.training = training;
            this.all = all;
            this.permits = new Semaphore(parallel);
            this.threadsEach = threadsEach;
        }

        @Override
        public @Nullable Gathered gather(Call call, List<String> asked, Quorum quorum, BooleanSupplier stopped) {
            var door = new Door<>(Sent::close);
            for (String name : asked) {
                Participant client = Objects.requireNonNull(all.get(name), name);
                Map<String, Tensor> start = held(call.start(name));
                threads.execute(() -> {
                    try {
                        answer(call.from(start), client, door);
                    } finally {
                        start.values().forEach(Tensor::close);
                    }
                });
            }
            Door.Arrived<Sent> arrived = door.await(call.number(), asked, quorum, stopped);
            return arrived == null ? null : new Gathered(arrived.made(), arrived.missing());
        }

        /** Handles of a thread's own: the server lets go of a round's weights when it goes on without those that are late. */
        private static Map<String, Tensor> held(Map<String, Tensor> weights) {
            var held = new LinkedHashMap<String, Tensor>();
            weights.forEach((name, tensor) -> held.put(name, Scope.own(tensor)));
            return held;
        }

        private void answer(Call call, Participant client, Door<Sent> door) {
            try {
                Thread.sleep((long) (client.rehearsal().delaySeconds() * MILLIS));
                permits.acquire();
                try {
                    Engine.setThreads(threadsEach); // each thread has a number of its own
                    door.put(
                            client.name(),
                            training.trained(client, call, client.rehearsal().pace(call.number(), () -> {
                                if (door.isClosed()) {
                                    throw new CancellationException();
                                }
                            })));
                } finally {
                    permits.release();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (CancellationException e) {
                return; // the round went on without it
            } catch (RuntimeException | OutOfMemoryError e) {
                door.fail(client.name(), String.valueOf(e.getMessage()));
            }
        }

        @Override
        public void close() {
            threads.shutdownNow();
        }
    }
}
