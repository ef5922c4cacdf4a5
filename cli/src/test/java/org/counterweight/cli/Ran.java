package org.counterweight.cli;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;
import picocli.CommandLine.Help;

/** What one call of {@code cw} printed, and its exit status. */
record Ran(int status, String out, String err) {
    /** The same with something on standard input. */
    static Ran given(byte[] input, String... args) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input));
        try {
            return cw(args);
        } finally {
            System.setIn(before);
        }
    }

    /** Runs {@code cw} in this process, without colours. */
    static Ran cw(String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        CommandLine commandLine = Cw.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF));
        int status = commandLine.execute(args);
        return new Ran(status, out.toString(), err.toString());
    }
}
