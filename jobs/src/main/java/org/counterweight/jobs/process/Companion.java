package org.counterweight.jobs.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.counterweight.jobs.Ending;
import org.counterweight.train.group.GlooGroup;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * What a companion is told: by the words of its command line.
 *
 * @param recipe a file with what is to be done
 * @param rank its number, from 1 on
 * @param size how many processes there are, the first included
 * @param meeting a file by which they find one another
 * @param threads of one operation
 */
public record Companion(Path recipe, int rank, int size, Path meeting, int threads) {
    /** What is printed when it waits for the others. */
    static final String READY = "ready";

    /** The first may take long over what it does alone; if it ends, its companions find its connection closed. */
    private static final Duration PATIENCE = Duration.ofDays(20);

    /** Of the words that {@link #words} gives. */
    public static Companion of(String... words) {
        return new Companion(
                Path.of(words[0]),
                Integer.parseInt(words[1]),
                Integer.parseInt(words[2]),
                Path.of(words[3]),
                Integer.parseInt(words[4]));
    }

    List<String> words() {
        return List.of(recipe.toString(), rank + "", size + "", meeting.toString(), threads + "");
    }

    /**
     * Lives no longer than the process that started this one, and leaves it to that one what Ctrl-C and SIGTERM mean: terminals
     * and whoever stops a service send them to all.
     */
    public void attend() {
        ProcessHandle.current().parent().ifPresent(first -> first.onExit().thenRun(Ending::atOnce));
        for (String name : List.of("INT", "HUP", "TERM")) {
            try {
                Signal.handle(new Signal(name), SignalHandler.SIG_IGN);
            } catch (IllegalArgumentException e) {
                continue; // this system has no such signal, or Java was told to leave signals alone (-Xrs)
            }
        }
    }

    /** Tells the first that it has made all ready, and joins the others. */
    public GlooGroup join() {
        System.out.println(READY);
        return GlooGroup.onThisMachine(meeting, new GlooGroup.Member(rank, size, PATIENCE));
    }
}
