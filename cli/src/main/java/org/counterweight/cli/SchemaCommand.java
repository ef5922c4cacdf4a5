package org.counterweight.cli;

import java.util.concurrent.Callable;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.catalogue.Method;
import org.counterweight.config.Configs;
import org.counterweight.config.JsonSchema;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the JSON Schema of a method's settings. */
@Command(
        name = "schema",
        description = "Prints the JSON Schema of a method's settings, for editors that check and complete.",
        footerHeading = "%nExample:%n",
        footer = "  cw schema bone")
final class SchemaCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "METHOD", description = "a name that cw methods lists")
    private String method;

    @Override
    public Integer call() {
        Method found = Catalogue.named(method, "METHOD");
        spec.commandLine()
                .getOut()
                .println(Configs.JSON
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsString(JsonSchema.of(found.config(), found.name())));
        return 0;
    }
}
