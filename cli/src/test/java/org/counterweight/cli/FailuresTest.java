package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class FailuresTest {
    private static final IOException FULL = new IOException("No space left on device");

    /** @param failure of the only command */
    private static String told(Exception failure) {
        @Command(name = "work")
        record Work(Exception failure) implements Callable<Integer> {
            @Override
            public Integer call() throws Exception {
                throw failure;
            }
        }
        var err = new StringWriter();
        var failures = new Failures();
        int status = new CommandLine(new Work(failure))
                .setErr(new PrintWriter(err))
                .setExecutionExceptionHandler(failures)
                .setExitCodeExceptionMapper(failures)
                .execute();
        assertThat(status).isEqualTo(1);
        return err.toString().strip();
    }

    @Test
    void aFullDiskIsToldWithItsRemedy() {
        assertThat(told(new UncheckedIOException("a.csv: cannot be written: No space left on device", FULL)))
                .isEqualTo("work: a.csv: cannot be written: No space left on device; make room, or name another place");
    }

    /** Java puts the class of the cause before what it says. */
    @Test
    void noNameOfAClassIsTold() {
        assertThat(told(new UncheckedIOException(FULL)))
                .isEqualTo("work: No space left on device; make room, or name another place");
        assertThat(told(new UncheckedIOException(new IOException("broken pipe"))))
                .isEqualTo("work: broken pipe");
    }
}
