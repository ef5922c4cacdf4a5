package org.counterweight.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.cli.about.DoctorCommand;
import org.counterweight.cli.about.ExplainCommand;
import org.counterweight.cli.about.InspectCommand;
import org.counterweight.cli.about.MethodsCommand;
import org.counterweight.cli.about.SchemaCommand;
import org.counterweight.cli.about.VerifyCommand;
import org.counterweight.cli.about.Version;
import org.counterweight.cli.ask.EvaluateCommand;
import org.counterweight.cli.ask.PredictCommand;
import org.counterweight.cli.ask.ReportsCommand;
import org.counterweight.cli.ask.ServeCommand;
import org.counterweight.cli.edit.AuditCommand;
import org.counterweight.cli.edit.EditCommand;
import org.counterweight.cli.edit.EditsCommand;
import org.counterweight.cli.edit.PoisonCommand;
import org.counterweight.cli.merge.DawinCommand;
import org.counterweight.cli.merge.ExtractLoraCommand;
import org.counterweight.cli.merge.MergeAdapterCommand;
import org.counterweight.cli.merge.MergeCommand;
import org.counterweight.cli.merge.UpdateCommand;
import org.counterweight.cli.train.DistillCommand;
import org.counterweight.cli.train.FederateCommand;
import org.counterweight.cli.train.GenerateCommand;
import org.counterweight.cli.train.GrowCommand;
import org.counterweight.cli.train.Programs;
import org.counterweight.cli.train.QuickstartCommand;
import org.counterweight.cli.train.ReproduceCommand;
import org.counterweight.cli.train.RunCommand;
import org.counterweight.cli.train.TokenizerCommand;
import org.counterweight.cli.weigh.DataCommand;
import org.counterweight.cli.weigh.GuideCommand;
import org.counterweight.cli.weigh.WeighCommand;
import org.counterweight.jobs.Ending;
import org.counterweight.jobs.recipe.data.HomeDirectory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line's entry. To add a command, write its file and name it in {@link #COMMANDS}. */
@Command(
        name = "cw",
        versionProvider = Version.class,
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        headerHeading = "Counterweight: a JVM toolkit for the weights of models and data.%n%n",
        commandListHeading = "%nCommands:%n")
public final class Cw implements Runnable {
    private static final List<Class<?>> COMMANDS = List.of(
            QuickstartCommand.class,
            RunCommand.class,
            PredictCommand.class,
            EvaluateCommand.class,
            ReportsCommand.class,
            EditCommand.class,
            EditsCommand.class,
            ServeCommand.class,
            AuditCommand.class,
            PoisonCommand.class,
            InspectCommand.class,
            MethodsCommand.class,
            ExplainCommand.class,
            MergeCommand.class,
            MergeAdapterCommand.class,
            ExtractLoraCommand.class,
            UpdateCommand.class,
            GrowCommand.class,
            DistillCommand.class,
            FederateCommand.class,
            DawinCommand.class,
            GenerateCommand.class,
            GuideCommand.class,
            WeighCommand.class,
            VerifyCommand.class,
            TokenizerCommand.class,
            SchemaCommand.class,
            DataCommand.class,
            ReproduceCommand.class,
            DoctorCommand.class);

    @Spec
    private CommandSpec spec;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "print the stack trace of an error too")
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
        out.println("Start with: cw quickstart. Exit status: 0 done, 1 the work failed, 2 the request was wrong.");
    }

    /** The command line with all of its commands, ready to execute. */
    static CommandLine commandLine() {
        return commandLine(COMMANDS);
    }

    /**
     * With the one command that {@code words} begin with and those that it calls, since to build all of them costs each start;
     * with all if it is none.
     */
    private static CommandLine commandLine(String... words) {
        if (words.length == 1 && List.of("--version", "-V").contains(words[0])) {
            return commandLine(List.of());
        }
        List<Class<?>> needed = COMMANDS.stream()
                .filter(command -> words.length > 0 && isNeeded(command, words[0]))
                .toList();
        return commandLine(needed.isEmpty() ? COMMANDS : needed);
    }

    private static boolean isNeeded(Class<?> command, String word) {
        boolean isCalled =
                word.equals(name(RunCommand.class)) && Programs.commands().contains(command);
        return isCalled || name(command).equals(word);
    }

    private static CommandLine commandLine(List<Class<?>> commands) {
        var failures = new Failures();
        var line = new CommandLine(new Cw());
        commands.forEach(command -> line.addSubcommand(command));
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Path.class, path -> Path.of(HomeDirectory.expanded(path)))
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures)
                .setExitCodeExceptionMapper(failures);
    }

    private static String name(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }

    public static void main(String[] args) {
        Ending.bySignals();
        System.exit(commandLine(args).execute(args));
    }
}
