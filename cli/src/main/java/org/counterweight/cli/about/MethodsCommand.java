package org.counterweight.cli.about;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists the catalogue, verb by verb. */
@Command(
        name = "methods",
        description = "Lists all methods, each with one line on what it does.",
        footerHeading = "%nExample:%n",
        footer = "  cw methods")
public final class MethodsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        int width = Catalogue.all().stream()
                .mapToInt(method -> method.name().length())
                .max()
                .orElse(0);
        for (Verb verb : Verb.values()) {
            List<Method> methods = Catalogue.all().stream()
                    .filter(method -> method.verb() == verb)
                    .toList();
            if (methods.isEmpty()) {
                continue;
            }
            out.println(spec.commandLine()
                    .getColorScheme()
                    .text("@|bold " + verb.name().toLowerCase(Locale.ROOT) + "|@"));
            for (Method method : methods) {
                out.printf("  %-" + width + "s  %s%n", method.name(), method.line());
            }
        }
        out.println();
        out.println("More of one: cw explain METHOD");
        return 0;
    }
}
