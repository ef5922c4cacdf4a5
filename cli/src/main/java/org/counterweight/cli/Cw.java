package org.counterweight.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.counterweight.jobs.recipe.data.HomeDirectory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line's entry. To add a command, write its file and name it in {@code subcommands}. */
@Command(
        name = "cw",
        versionProvider = Version.class,
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        headerHeading = "Counterweight, the JVM's toolkit for weights.%n%n",
        commandListHeading = "%nCommands:%n",
        subcommands = {
            QuickstartCommand.class,
            RunCommand.class,
            PredictCommand.class,
            EditCommand.class,
            EditsCommand.class,
            AuditCommand.class,
            PoisonCommand.class,
            InspectCommand.class,
            MethodsCommand.class,
            ExplainCommand.class,
            MergeCommand.class,
            MergeAdapterCommand.class,
            UpdateCommand.class,
            GrowCommand.class,
            DawinCommand.class,
            GenerateCommand.class,
            GuideCommand.class,
            WeighCommand.class,
            VerifyCommand.class,
            TokenizerCommand.class,
            SchemaCommand.class,
            DataCommand.class,
            ReproduceCommand.class,
            DoctorCommand.class,
        })
public final class Cw implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "With an error, print the stack trace too.")
    private boolean debug;

    /** Whether stack traces were asked for. */
    boolean debug() {
        return debug;
    }

    /** Without a command: the help. */
    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        spec.commandLine().usage(out);
        out.println();
        out.println("Begin with: cw quickstart. Exit status: 0 done, 1 the work failed, 2 the request was wrong.");
    }

    /** The command line, ready to execute. */
    static CommandLine commandLine() {
        var failures = new Failures();
        return new CommandLine(new Cw())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Path.class, path -> Path.of(HomeDirectory.expanded(path)))
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures)
                .setExitCodeExceptionMapper(failures);
    }

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }
}
