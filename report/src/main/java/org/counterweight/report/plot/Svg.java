package org.counterweight.report.plot;

import java.util.Locale;

/** SVG text in the making: a picture of one size, of lines, areas, boxes and words. */
final class Svg {
    private final StringBuilder text = new StringBuilder();

    Svg(int width, int height, String title) {
        text.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + width + " " + height + "\" width=\""
                + width + "\" height=\"" + height + "\" role=\"img\" font-family=\"sans-serif\" font-size=\"12\""
                + " fill=\"#333\">\n<title>" + escaped(title) + "</title>\n<rect width=\"100%\" height=\"100%\""
                + " fill=\"#fff\"/>\n");
    }

    static String escaped(String words) {
        return words.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    static String number(double place) {
        return String.format(Locale.ROOT, "%.1f", place);
    }

    /** @param look further attributes, such as the colour */
    void line(double x1, double y1, double x2, double y2, String look) {
        text.append("<path d=\"M" + number(x1) + " " + number(y1) + "L" + number(x2) + " " + number(y2) + "\" " + look
                + "/>\n");
    }

    void path(String d, String look) {
        text.append("<path d=\"" + d + "\" " + look + "/>\n");
    }

    void box(double x, double y, double width, double height, String look) {
        text.append("<rect x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" + number(width) + "\" height=\""
                + number(height) + "\" " + look + "/>\n");
    }

    void point(double x, double y, double radius, String look) {
        text.append("<circle cx=\"" + number(x) + "\" cy=\"" + number(y) + "\" r=\"" + number(radius) + "\" " + look
                + "/>\n");
    }

    void words(double x, double y, String words, String look) {
        text.append(
                "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" " + look + ">" + escaped(words) + "</text>\n");
    }

    @Override
    public String toString() {
        return text + "</svg>\n";
    }
}
