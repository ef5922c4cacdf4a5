package org.counterweight.report;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The report of tables that were weighed: a {@link Page} with what makes one doubt, the balance of the features, and tables.
 *
 * @param warnings a sentence each; empty if there are none
 * @param withheld why no verdict is given; empty if it is
 * @param love the balance of the features; null without features
 */
public record WeighingPage(
        Page page,
        List<String> warnings,
        List<String> withheld,
        @Nullable LovePlot love,
        List<Page.Sheet> sheets) {
    public WeighingPage {
        warnings = List.copyOf(warnings);
        withheld = List.copyOf(withheld);
        sheets = List.copyOf(sheets);
    }

    /** The page as HTML. */
    public String html() {
        var html = new StringOutput();
        TemplateEngine.createPrecompiled(ContentType.Html).render("weighing.jte", Map.of("weighing", this), html);
        return html.toString();
    }

    /** Writes the page into a directory that is not visible yet. */
    public void write(Path file) {
        try {
            Files.writeString(file, html());
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
