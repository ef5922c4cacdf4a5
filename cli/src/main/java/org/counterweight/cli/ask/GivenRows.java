package org.counterweight.cli.ask;

import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.counterweight.data.DataException;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.jobs.data.file.StandardInput;
import org.counterweight.jobs.data.file.StandardInput.Lines;
import org.jspecify.annotations.Nullable;

/** The rows that a model is asked about: a file, or standard input, which is kept in one meanwhile. */
final class GivenRows implements AutoCloseable {
    private final @Nullable Path input;
    private final @Nullable StandardInput piped;

    private GivenRows(@Nullable Path input, @Nullable StandardInput piped) {
        this.input = input;
        this.piped = piped;
    }

    /**
     * @param input as the user named it; null without one
     * @param column of the texts
     * @param lines what lines of standard input are, asked only where that is read
     */
    static GivenRows of(@Nullable Path input, String column, Supplier<Lines> lines, TableFormat format) {
        return new GivenRows(
                input,
                StandardInput.NAME.equals(input) ? StandardInput.read(System.in, column, lines.get(), format) : null);
    }

    /** Where they lie; null where there are none. */
    @Nullable
    Path file() {
        return piped == null ? input : piped.file();
    }

    /** What they are called. */
    @Nullable
    Path called() {
        return piped == null ? input : StandardInput.CALLED;
    }

    /** Takes remarks in which they have the name that the user knows. */
    Consumer<String> heard(Consumer<String> remarks) {
        return piped == null ? remarks : line -> remarks.accept(piped.said(line));
    }

    /** Does work on them; what is said to be wrong with them is said of what the user knows. */
    void during(Runnable work) {
        try {
            work.run();
        } catch (DataException e) {
            if (piped == null) {
                throw e;
            }
            throw new DataException(piped.said(String.valueOf(e.getMessage())), e);
        }
    }

    @Override
    public void close() {
        if (piped != null) {
            piped.close();
        }
    }
}
