package org.counterweight.cli.about;

import java.util.concurrent.Callable;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.catalogue.Method;
import org.counterweight.config.JsonSchema;
import org.counterweight.jobs.recipe.Recipe;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** Prints the JSON Schema of a method's settings. */
@Command(
        name = "schema",
        description =
                "Prints the JSON Schema of recipes or of a method's settings, for editors that validate and complete.",
        footerHeading = "%nExample:%n",
        footer = "  cw schema bone")
public final class SchemaCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "METHOD",
            arity = "0..1",
            description = "a name that cw methods lists; without it, recipes")
    private @Nullable String method;

    @Override
    public Integer call() {
        ObjectNode schema;
        if (method == null) {
            schema = Recipe.schema();
        } else {
            Method found = Catalogue.named(method, "METHOD");
            schema = JsonSchema.of(found.config(), found.name());
        }
        spec.commandLine().getOut().println(schema.toPrettyString());
        return 0;
    }
}
