package org.counterweight.report.plot;

import java.util.stream.IntStream;

/**
 * Draws marks between two rulers.
 *
 * @param bottom where bars stand if 0 is not in the picture
 * @param most what no value can exceed; whiskers and bands end there
 */
record Canvas(Svg svg, Ruler across, Ruler up, double bottom, double most) {
    private static final double GROUP = 0.7; // of the room of a name is taken by its bars
    private static final double CAP = 4;

    /**
     * @param i the number of the mark
     * @param marks how many there are; bars stand side by side
     * @param above how many later ones would hide it: it is wider and paler than they
     */
    void draw(Mark mark, String colour, int i, int marks, int above) {
        if (mark instanceof Mark.Line line) {
            line(line, colour, above);
        } else if (mark instanceof Mark.Bars bars) {
            bars(bars, colour, i, marks);
        }
    }

    /** Where a mark's line is drawn; of bars, which stand side by side, nothing. */
    Trace trace(Mark mark) {
        if (!(mark instanceof Mark.Line line)) {
            return new Trace(new double[0], new double[0], Trace.Stroke.DOTS);
        }
        int[] placed = placed(line);
        return new Trace(
                IntStream.of(placed).mapToDouble(i -> across.at(line.x()[i])).toArray(),
                IntStream.of(placed).mapToDouble(i -> up.at(line.y()[i])).toArray(),
                Trace.Stroke.SOLID);
    }

    private int[] placed(Mark.Line line) {
        return IntStream.range(0, line.x().length)
                .filter(i -> isPlaced(line, i))
                .toArray();
    }

    private boolean isPlaced(Mark.Line line, int i) {
        return Double.isFinite(across.at(line.x()[i])) && Double.isFinite(up.at(line.y()[i]));
    }

    private void line(Mark.Line line, String colour, int above) {
        int[] placed = placed(line);
        String pale = above > 0 ? " opacity=\"" + Trace.PALE + "\"" : "";
        if (line.low().length > 0) {
            if (line.points()) {
                for (int i : placed) {
                    whisker(across.at(line.x()[i]), line.low()[i], line.high()[i], colour);
                }
            } else {
                band(line, placed, colour);
            }
        }
        var path = new StringBuilder();
        for (int i : placed) {
            path.append(path.isEmpty() ? 'M' : 'L').append(place(line.x()[i], line.y()[i]));
        }
        if (placed.length > 1) {
            svg.path(
                    path.toString(),
                    "fill=\"none\" stroke-width=\"" + Svg.number(Trace.width(2.2, above))
                            + "\" stroke-linejoin=\"round\" stroke-linecap=\"round\" stroke=\"" + colour + "\"" + pale);
        }
        if (line.points() || placed.length == 1) {
            for (int i : placed) {
                svg.point(
                        across.at(line.x()[i]),
                        up.at(line.y()[i]),
                        Trace.width(7, above) / 2,
                        "fill=\"" + colour + "\"" + pale);
            }
        }
    }

    private String place(double x, double y) {
        return Svg.number(across.at(x)) + " " + Svg.number(up.at(y));
    }

    private void band(Mark.Line line, int[] placed, String colour) {
        var path = new StringBuilder();
        for (int i : placed) {
            path.append(path.isEmpty() ? 'M' : 'L').append(place(line.x()[i], Math.min(most, line.high()[i])));
        }
        for (int k = placed.length - 1; k >= 0; k--) {
            path.append('L').append(place(line.x()[placed[k]], line.low()[placed[k]]));
        }
        if (placed.length > 1) {
            svg.path(path.append('Z').toString(), "fill-opacity=\"0.13\" fill=\"" + colour + "\"");
        }
    }

    private void whisker(double at, double low, double high, String colour) {
        double bottom = up.at(low);
        double top = up.at(Math.min(most, high));
        if (Double.isFinite(bottom) && Double.isFinite(top) && bottom - top > 1) {
            String look = "stroke=\"" + colour + "\"";
            svg.line(at, bottom, at, top, look);
            svg.line(at - CAP, bottom, at + CAP, bottom, look);
            svg.line(at - CAP, top, at + CAP, top, look);
        }
    }

    private void bars(Mark.Bars bars, String colour, int i, int marks) {
        double room = (across.at(1) - across.at(0)) * GROUP;
        double width = room / marks;
        double zero = Double.isFinite(up.at(0)) ? up.at(0) : bottom;
        for (int name = 0; name < bars.heights().length; name++) {
            double height = bars.heights()[name];
            double top = up.at(height);
            if (Double.isFinite(height) && Double.isFinite(top)) {
                double left = across.at(name) - room / 2 + i * width;
                svg.box(left, Math.min(top, zero), width * 0.94, Math.abs(zero - top), "fill=\"" + colour + "\"");
                double spread = bars.whiskers()[name];
                whisker(left + width * 0.47, height - spread, height + spread, "#444");
            }
        }
    }
}
