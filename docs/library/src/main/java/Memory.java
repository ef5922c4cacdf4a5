import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.counterweight.jobs.library.TextTraining;
import org.counterweight.train.StepReport;
import org.counterweight.train.TrainingListener;

/** Prints what the process holds in memory while it trains: {@code Memory DIRECTORY STEPS}. Linux only. */
public final class Memory {
    private Memory() {}

    public static void main(String[] arguments) throws IOException {
        long steps = Long.parseLong(arguments[1]);
        TextTraining.of(Tiny.model(Path.of(arguments[0])), Tiny.texts())
                .adapted("lora", "{r: 4, targets: [query, value]}")
                .with("{max_steps: " + steps + ", batch_size: 3, lr: 1e-3}")
                .telling(new TrainingListener() {
                    @Override
                    public void stepped(StepReport report) {
                        if (report.step() % (steps / 10) == 0) {
                            System.out.println(report.step() + " steps " + resident() / 1024 + " MB");
                        }
                    }
                })
                .run()
                .close();
    }

    private static long resident() {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
