package org.counterweight.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;
import picocli.CommandLine.Help;

/** What one call of {@code cw} printed, and its exit status. */
record Ran(int status, String out, String err) {
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
