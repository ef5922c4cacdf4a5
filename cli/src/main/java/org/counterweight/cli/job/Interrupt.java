package org.counterweight.cli.job;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.counterweight.train.Trainer;

/**
 * Lets Ctrl-C end a run after the present step, with a checkpoint, instead of at once. Until it is closed the Java machine
 * waits with its end.
 */
final class Interrupt implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook;

    /** @param last what is done when the run has ended: the process ends before it could be told by anyone else */
    Interrupt(Trainer trainer, Runnable last) {
        hook = new Thread(() -> {
            trainer.stop();
            try {
                if (finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    last.run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
        finished.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the end has begun: it is this hook that runs
        }
    }
}
