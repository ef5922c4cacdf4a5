package org.counterweight.report;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * A report with pictures: a {@link Page} and, behind its charts, sheets of images that stand in the page itself.
 *
 * @param title of the pictures
 * @param note what to see in them
 * @param strips in order
 */
public record PicturePage(Page page, String title, String note, List<Strip> strips) {
    private static final int FRAME = 36;

    /**
     * A PNG with what stands under it.
     *
     * @param zoom by how much each of its pixels is enlarged
     */
    public record Strip(String caption, byte[] png, int width, int zoom) {
        public Strip {
            png = png.clone();
        }

        @Override
        public byte[] png() {
            return png.clone();
        }

        /** The picture as text. */
        public String base64() {
            return Base64.getEncoder().encodeToString(png);
        }
    }

    public PicturePage {
        strips = List.copyOf(strips);
    }

    /** What the widest strip and its frame take. */
    public int room() {
        return FRAME
                + strips.stream()
                        .mapToInt(strip -> strip.width() * strip.zoom())
                        .max()
                        .orElse(0);
    }

    /** The page as HTML. */
    public String html() {
        var html = new StringOutput();
        TemplateEngine.createPrecompiled(ContentType.Html).render("pictures.jte", Map.of("pictures", this), html);
        return html.toString();
    }

    /** Writes the page, whole or not at all. */
    public void write(Path file) {
        Page.write(file, html());
    }
}
