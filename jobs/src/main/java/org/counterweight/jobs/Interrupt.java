package org.counterweight.jobs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Lets a run that is asked to end (Ctrl-C, SIGTERM, a terminal that is closed) finish what is under way and say what came of
 * it, instead of ending at once. Being asked again changes nothing: some callers ask twice.
 *
 * <p>The signals themselves are taken, since Java's answer to them is its shutdown: in it nothing can be registered for the
 * end any more, and the files that a checkpoint is made of are removed while they are being written.
 */
public final class Interrupt implements AutoCloseable {
    static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");

    private final Map<Signal, SignalHandler> before = new LinkedHashMap<>();
    private final AtomicInteger number = new AtomicInteger();
    private final Consumer<String> say;
    private volatile Runnable stop = () -> {};

    /** @param say tells the user a line; called from other threads */
    public Interrupt(Consumer<String> say) {
        this.say = say;
        for (String name : SIGNALS) {
            take(name);
        }
    }

    private void take(String name) {
        Signal signal;
        SignalHandler present;
        try {
            signal = new Signal(name);
            present = Signal.handle(signal, this::asked);
        } catch (IllegalArgumentException e) {
            return; // this system has no such signal, or Java was told to leave signals alone (-Xrs)
        }
        if (present == SignalHandler.SIG_IGN) {
            Signal.handle(signal, present); // as nohup wants it
        } else {
            before.put(signal, present);
        }
    }

    private void asked(Signal signal) {
        if (number.compareAndSet(0, signal.getNumber())) {
            stop.run();
            say.accept("Stopping when what is under way is whole: a step, an evaluation or a file");
        } else {
            say.accept("Still stopping; to end process "
                    + ProcessHandle.current().pid() + " by force would lose what came after the last checkpoint");
        }
    }

    /** What makes the work stop: it is done when the run is asked to end, or now if it has been. */
    public void stops(Runnable work) {
        stop = work;
        if (signal() != 0) {
            work.run();
        }
    }

    /** The number of the signal that asked the run to end; 0 if none has. */
    public int signal() {
        return number.get();
    }

    /** From here on signals do what they did before. */
    @Override
    public void close() {
        before.forEach(Signal::handle);
    }
}
