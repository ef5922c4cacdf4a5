package org.counterweight.train.group;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.FileStore;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch_gloo;
import org.counterweight.engine.Engine;
import org.counterweight.engine.EngineException;
import org.counterweight.engine.Scope;

/** Processes joined by LibTorch's Gloo, over sockets. Whoever can reach them can read along: for networks that one trusts. */
public final class GlooGroup implements ProcessGroup {
    private static final String LOOPBACK = "127.0.0.1";

    private final Member member;
    private final Store store;
    private final ProcessGroupGloo group;

    /**
     * One of the processes.
     *
     * @param rank its number, in [0, size)
     * @param size how many there are, at least 2
     * @param patience how long it waits for another, at the beginning and whenever something is summed or handed over: longer
     *     than the first takes for what it does alone, as evaluations
     */
    public record Member(int rank, int size, Duration patience) {
        public Member {
            if (size < 2 || rank < 0 || rank >= size) {
                throw new IllegalArgumentException("process " + rank + " of " + size);
            }
        }
    }

    private GlooGroup(Member member, Store store, ProcessGroupGloo group) {
        this.member = member;
        this.store = store;
        this.group = group;
    }

    /**
     * Loads Gloo.
     *
     * @throws EngineException if the LibTorch of this platform was built without it
     */
    public static void start() {
        Engine.start();
        try {
            Loader.load(torch_gloo.class);
        } catch (LinkageError e) {
            throw new EngineException(
                    "processes: LibTorch for " + Loader.getPlatform() + " has no Gloo, which joins them ("
                            + e.getMessage() + "); train in one process",
                    e);
        }
    }

    /**
     * Joins the others on this machine, over its loopback, and waits for them.
     *
     * @param meeting a file that all of them name, which is not there before
     * @throws LostProcessException if they do not come
     */
    public static GlooGroup onThisMachine(Path meeting, Member member) {
        return join(member, LOOPBACK, () -> new FileStore(meeting.toString(), member.size()));
    }

    /**
     * Joins the others on several machines, and waits for them.
     *
     * @param host the name or address of this machine, by which the others reach it
     * @param first the name or address of the first process's machine
     * @param port on which the first is to be asked for the others: free there
     * @throws LostProcessException if they do not come
     */
    public static GlooGroup onMachines(String host, String first, int port, Member member) {
        return join(member, host, () -> {
            var options = new TCPStoreOptions();
            options.port((short) port);
            options.isServer(member.rank() == 0);
            options.waitWorkers(false);
            options.useLibUV(false); // one server of a few bytes; not every build has libuv
            return new TCPStore(first, options);
        });
    }

    private static GlooGroup join(Member member, String host, Supplier<Store> stores) {
        start();
        try (var scope = Scope.open()) {
            var wait = new Milliseconds(member.patience().toMillis());
            Store store = stores.get();
            store.setTimeout(wait);
            var options = ProcessGroupGloo.Options.create(wait);
            options.devices(new GlooDeviceVector(ProcessGroupGloo.createDeviceForHostname(host)));
            options.threads(1);
            var group = new ProcessGroupGloo(store, member.rank(), member.size(), options);
            store.retainReference(); // beyond this scope, until close
            group.retainReference();
            return new GlooGroup(member, store, group);
        } catch (RuntimeException e) {
            throw lost(member, e);
        }
    }

    private static LostProcessException lost(Member member, RuntimeException cause) {
        String[] said = String.valueOf(cause.getMessage()).split("\\R", 2); // behind it, LibTorch's own stack
        return new LostProcessException(
                "process " + (member.rank() + 1) + " of " + member.size() + " has lost another (" + said[0] + ")",
                cause);
    }

    @Override
    public int rank() {
        return member.rank();
    }

    @Override
    public int size() {
        return member.size();
    }

    @Override
    public void sum(Tensor tensor) {
        await(() -> group.allreduce(new TensorVector(tensor)));
    }

    @Override
    public void broadcast(Tensor tensor) {
        await(() -> group.broadcast(new TensorVector(tensor)));
    }

    private void await(Supplier<Work> begun) {
        try (var scope = Scope.open()) {
            begun.get()._wait();
        } catch (RuntimeException e) {
            throw lost(member, e);
        }
    }

    @Override
    public void close() {
        group.releaseReference();
        store.releaseReference();
    }
}
