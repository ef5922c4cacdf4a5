package org.counterweight.jobs;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.counterweight.report.Text;
import org.counterweight.train.StepReport;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.measure.Evaluation;

/**
 * Tells on standard error how far the work is: on a terminal one line that changes, with rate and time left; elsewhere a
 * line now and then.
 */
public final class ProgressLine implements TrainingListener {
    private static final double REDRAW_SECONDS = 0.2;
    private static final double LINE_SECONDS = 20;
    private static final String TRAINING = "training";

    private final PrintWriter out;
    private final boolean terminal;
    private final List<List<String>> heard = new ArrayList<>();
    private String label = "";
    private String unit = "";
    private long done;
    private long total;
    private long skipped;
    private int models = 1;
    private long begun;
    private long shown;
    private boolean open;
    private double loss = Double.NaN;
    private double rows;
    private long empty; // steps
    private int tokensOfRow;

    /** @param terminal whether a line can be written over */
    public ProgressLine(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** A line that stays. */
    public void say(String line) {
        heard.forEach(list -> list.add(line));
        clear();
        out.println(line);
        out.flush();
    }

    /**
     * Does a piece of work.
     *
     * @param said takes what is told in the meantime, too
     */
    public <T> T hearing(List<String> said, Supplier<T> work) {
        heard.add(said);
        try {
            return work.get();
        } finally {
            heard.remove(heard.size() - 1);
        }
    }

    /** That something takes its time which cannot be counted: on a terminal until the next is told, elsewhere not at all. */
    public void during(String what) {
        clear();
        if (terminal) {
            out.print(what + " …");
            out.flush();
            open = true;
        }
    }

    /** Begins something countable. */
    public void begin(String what, String unitOfCount, long count) {
        clear();
        label = what;
        unit = unitOfCount;
        total = count;
        done = 0;
        skipped = 0;
        loss = Double.NaN;
        rows = 0;
        empty = 0;
        begun = System.nanoTime();
        shown = begun;
    }

    /** That many more are done. */
    public void advance(long count) {
        done += count;
        rows += unit.equals("rows") ? count : 0;
        show(false);
    }

    /** Does what writes to the same place: the line gives way, and comes back with the next that is done. */
    public void aside(Runnable work) {
        clear();
        work.run();
    }

    /** Ends what was begun. */
    public void end() {
        clear();
        if (empty > 0) {
            say(
                    empty + " of " + (done - skipped)
                            + " steps had nothing to predict and taught nothing, since none of"
                            + " their tokens has a label; of masked_lm a greater data.mask_share or train.batch_size hides more");
            empty = 0;
        }
    }

    /** That each row has so many tokens, by which the rate is told. */
    public void countTokens(int ofRow) {
        tokensOfRow = ofRow;
    }

    /** So many models take steps in turn, and all of theirs count. */
    public void inTurn(int number) {
        models = number;
    }

    @Override
    public void started(long step, long steps) {
        begin(TRAINING, "steps", steps * models);
        done = step * models;
        skipped = done;
    }

    @Override
    public void stepped(StepReport report) {
        empty += report.units() == 0 ? 1 : 0;
        done = models == 1 ? report.step() : Math.min(total, done + 1);
        rows += report.rows();
        loss = Double.isNaN(loss) ? report.meanLoss() : 0.95 * loss + 0.05 * report.meanLoss();
        show(done == total);
    }

    @Override
    public void evaluated(long step, Evaluation evaluation) {
        var figures = new StringBuilder();
        evaluation.all().forEach((name, value) -> {
            if (!Evaluation.isOfAPart(name)) {
                figures.append("  ").append(name.replace('_', '-')).append(String.format(Locale.ROOT, " %.4f", value));
            }
        });
        say(String.format(Locale.ROOT, "step %d, held out:%s", step, figures));
    }

    @Override
    public void saved(long step, Path checkpoint) {
        clear();
    }

    private void show(boolean last) {
        long now = System.nanoTime();
        if (!last && (now - shown) / 1e9 < (terminal ? REDRAW_SECONDS : LINE_SECONDS)) {
            return;
        }
        shown = now;
        double seconds = (now - begun) / 1e9;
        String line = String.format(Locale.ROOT, "%s %d of %d %s", label, done, total, unit);
        if (!Double.isNaN(loss)) {
            line += String.format(Locale.ROOT, "  loss %.3f", loss);
        }
        if (rows > 0) {
            line += tokensOfRow > 0 && label.equals(TRAINING)
                    ? String.format(Locale.ROOT, "  %,.0f tokens/s", rows * tokensOfRow / seconds)
                    : String.format(Locale.ROOT, "  %.0f rows/s", rows / seconds);
        }
        if (done > skipped && done < total) {
            line += "  " + Text.duration(seconds * (total - done) / (done - skipped)) + " left";
        }
        if (terminal) {
            out.print("\r\u001b[K" + line); // back to the start of the line, and clear what stands there
            open = true;
        } else {
            out.println(line);
        }
        out.flush();
    }

    private void clear() {
        if (open) {
            out.print("\r\u001b[K");
            out.flush();
            open = false;
        }
    }
}
