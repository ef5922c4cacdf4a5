package org.counterweight.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;
import org.counterweight.data.DataException;
import org.counterweight.engine.EngineException;
import org.counterweight.train.state.TrainingException;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IExitCodeExceptionMapper;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Puts what went wrong into one or two lines on standard error, and into the exit status: 2 if the request was wrong (words,
 * settings, files, this machine), 1 if the work failed. A stack trace only with {@code --debug}.
 */
public final class Failures
        implements IParameterExceptionHandler, IExecutionExceptionHandler, IExitCodeExceptionMapper {
    /** What systems say of a full disk. */
    private static final Pattern FULL = Pattern.compile(
            "(no space left on device|disk quota exceeded|not enough space on the disk)\\W*$",
            Pattern.CASE_INSENSITIVE);

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        say(command, message(e), e, List.of(args).contains("--debug"));
        command.getErr().println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, @Nullable ParseResult parsed) {
        boolean debug = command.getCommandSpec().root().userObject() instanceof Cw cw && cw.debug();
        if (!isEnding()) {
            say(command, message(e) + (parsed == null ? "" : hint(e, command, parsed.originalArgs())), e, debug);
        }
        return getExitCode(e);
    }

    /** What the words of the command line add to the reason. */
    private static String hint(Exception e, CommandLine command, List<String> words) {
        if (e instanceof ConfigException) {
            return GivenRecipe.hint(command.getCommandName(), words);
        }
        return e instanceof DataException data && data.column() != null
                ? NamedColumn.hint(command.getCommandSpec(), words, data.column())
                : "";
    }

    /** Whether the process was asked to end (Ctrl-C): then work fails because what it writes has been taken away. */
    private static boolean isEnding() {
        var probe = new Thread(() -> {});
        try {
            Runtime.getRuntime().addShutdownHook(probe);
            return !Runtime.getRuntime().removeShutdownHook(probe);
        } catch (IllegalStateException e) {
            return true;
        }
    }

    @Override
    public int getExitCode(Throwable e) {
        return isRequest(e) ? ExitCode.USAGE : ExitCode.SOFTWARE;
    }

    /** Whether it is the request that was wrong, rather than the work that failed. */
    private static boolean isRequest(Throwable e) {
        return e instanceof ConfigException
                || e instanceof WeightsException
                || e instanceof DataException
                || e instanceof EngineException
                || e instanceof ParameterException
                || e instanceof NoSuchFileException
                || e instanceof AccessDeniedException
                || e instanceof FileAlreadyExistsException
                || (e instanceof UncheckedIOException && e.getCause() != null && isRequest(e.getCause()));
    }

    /** Whether the message was written to be read by users. */
    private static boolean isForeseen(Throwable e) {
        return isRequest(e)
                || e instanceof TrainingException
                || e instanceof IOException
                || e instanceof UncheckedIOException;
    }

    private static void say(CommandLine command, String message, Exception e, boolean debug) {
        PrintWriter err = command.getErr();
        err.println(command.getColorScheme().errorText(command.getCommandSpec().qualifiedName() + ": " + message));
        if (debug) {
            e.printStackTrace(err);
        } else if (!isForeseen(e)) {
            err.println("This was not foreseen; --debug shows where it happened.");
        }
    }

    private static String message(Throwable e) {
        if (e instanceof UncheckedIOException && e.getCause() instanceof FileSystemException cause) {
            return message(cause);
        }
        if (e instanceof NoSuchFileException missing) {
            return missing.getFile() + ": there is no such file";
        }
        if (e instanceof AccessDeniedException denied) {
            return denied.getFile() + ": may not be read or written by this user";
        }
        if (e instanceof FileAlreadyExistsException there) { // which directories are made in
            return there.getFile() + ": is a file, and no directory to write to; name another place";
        }
        if (e instanceof UnmatchedArgumentException unmatched) {
            return message(unmatched);
        }
        if (e instanceof MissingParameterException missing) {
            return message(missing);
        }
        if (e instanceof ParameterException wrong && wrong.getArgSpec() != null && wrong.getValue() != null) {
            return message(wrong, wrong.getArgSpec());
        }
        if (e instanceof UncheckedIOException
                && e.getCause() != null
                && e.getCause().toString().equals(e.getMessage())) { // with nothing to say of its own
            return message(e.getCause());
        }
        String message = e.getMessage();
        if (message != null && FULL.matcher(message).find()) {
            return message.strip() + "; make room, or name another place";
        }
        if (message == null || message.isBlank()) {
            return e.getClass().getSimpleName();
        }
        // LibTorch appends the stack of its own calls; what users gave may have line ends in it.
        return isForeseen(e)
                ? message.strip().replaceAll("\\s*\\R\\s*", " ")
                : message.strip().lines().findFirst().orElse("");
    }

    private static String message(MissingParameterException e) {
        List<ArgSpec> needed = e.getMissing().stream().filter(ArgSpec::required).toList(); // of a group all are named
        List<String> missing = (needed.isEmpty() ? e.getMissing() : needed)
                .stream().map(Failures::name).toList();
        return missing.isEmpty() ? "name a command" : "give " + String.join(" and ", missing);
    }

    /** Of a value that is no value of its option. */
    private static String message(ParameterException e, ArgSpec argument) {
        String name = argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
        if (e.getCause() instanceof ConfigException own) { // of a word that is read here
            return name + ": " + own.getMessage();
        }
        Class<?> type = argument.auxiliaryTypes().length > 0 ? argument.auxiliaryTypes()[0] : argument.type();
        String expected = type.isEnum()
                ? oneOf(type, e.getValue())
                : type == Double.class || type == double.class
                        ? "a number"
                        : type == Path.class ? "a path" : type == boolean.class ? "true or false" : "an integer";
        return String.valueOf(new ConfigException(name, e.getValue(), expected).getMessage());
    }

    /** The words of a choice, and the nearest to what was given. */
    private static String oneOf(Class<?> type, @Nullable String given) {
        List<String> words = Arrays.stream(type.getEnumConstants())
                .map(word -> word.toString().toLowerCase(Locale.ROOT))
                .toList();
        return "one of its words" + Nearest.hint(given == null ? "" : given, words, "Known:");
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option
                ? option.longestName() + (argument.arity().max() == 0 ? "" : " " + argument.paramLabel())
                : argument.paramLabel();
    }

    private static String message(UnmatchedArgumentException e) {
        String word = e.getUnmatched().get(0);
        CommandLine command = e.getCommandLine();
        boolean option = word.startsWith("-");
        Collection<String> known = new ArrayList<>();
        if (option) {
            command.getCommandSpec().options().forEach(o -> known.addAll(List.of(o.names())));
        } else {
            known.addAll(command.getSubcommands().keySet());
        }
        String nearest = Nearest.to(word, known);
        String kind = option ? "option" : known.isEmpty() ? "argument" : "command";
        return "there is no " + kind + " \"" + word + "\" here"
                + (nearest == null ? "" : "; did you mean \"" + nearest + "\"?");
    }
}
