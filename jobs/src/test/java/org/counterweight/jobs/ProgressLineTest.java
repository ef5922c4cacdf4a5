package org.counterweight.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private final StringWriter out = new StringWriter();

    private ProgressLine line(boolean terminal) {
        return new ProgressLine(new PrintWriter(out), terminal);
    }

    /** A blank screen for seconds looks like a program that hangs. */
    @Test
    void whatCannotBeCountedIsToldWhileItLasts() {
        ProgressLine line = line(true);
        line.during("judging");
        assertThat(out.toString()).isEqualTo("judging …");
        line.say("done");
        assertThat(out.toString()).isEqualTo("judging …\r\u001b[Kdone" + System.lineSeparator());
    }

    @Test
    void inAFileOnlyWhatStaysIsTold() {
        ProgressLine line = line(false);
        line.during("judging");
        line.say("done");
        assertThat(out.toString()).isEqualTo("done" + System.lineSeparator());
    }
}
