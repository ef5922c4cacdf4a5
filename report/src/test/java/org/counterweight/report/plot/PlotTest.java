package org.counterweight.report.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class PlotTest {
    private static Document parsed(Plot plot) throws Exception {
        byte[] text = plot.svg().getBytes(StandardCharsets.UTF_8);
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(text));
    }

    private static List<String> words(Document svg) {
        NodeList texts = svg.getElementsByTagName("text");
        return java.util.stream.IntStream.range(0, texts.getLength())
                .mapToObj(i -> texts.item(i).getTextContent())
                .toList();
    }

    @Test
    void curvesHaveBandsAndALegend() throws Exception {
        double[] x = {0, 1, 2};
        Document svg = parsed(new Plot(
                "Loss & <more>",
                Axis.linear("steps"),
                Axis.logarithmic("loss"),
                List.of(
                        new Mark.Line(
                                "one",
                                x,
                                new double[] {1, 0.1, 0.01},
                                new double[] {0.5, 0.05, 0.005},
                                new double[] {2, 0.2, 0.02},
                                false),
                        Mark.Line.of("two", x, new double[] {1, Double.NaN, -1}, false))));
        assertThat(words(svg)).contains("Loss & <more>", "steps", "loss", "one", "two", "1", "0.1", "0.01");
        assertThat(svg.getElementsByTagName("circle").getLength())
                .as("of two one point has a place")
                .isEqualTo(1);
    }

    @Test
    void barsStandOnZeroSideBySide() throws Exception {
        Document svg = parsed(new Plot(
                "Bars",
                Axis.named(List.of("a", "b")),
                Axis.linear("%"),
                List.of(
                        new Mark.Bars("x", new double[] {4, 2}, new double[] {0, 0}),
                        new Mark.Bars("y", new double[] {2, Double.NaN}, new double[] {0, 1}))));
        NodeList boxes = svg.getElementsByTagName("rect"); // the first is the ground
        assertThat(boxes.getLength()).isEqualTo(4);
        Element first = (Element) boxes.item(1);
        Element second = (Element) boxes.item(2);
        assertThat(end(first)).isCloseTo(end(second), within(0.2));
        assertThat(number(first, "height")).isCloseTo(2 * number(second, "height"), within(0.2));
        assertThat(words(svg)).contains("a", "b", "%");
    }

    /** No share is above 1, however far the deviation reaches. */
    @Test
    void anAxisOfSharesEndsAtOne() throws Exception {
        var marks = List.<Mark>of(
                new Mark.Bars("accuracy", new double[] {0.98, 0.4}, new double[] {0.06, 0.1}),
                new Mark.Line(
                        "curve",
                        new double[] {0, 1},
                        new double[] {0.5, 1},
                        new double[] {0.4, 0.9},
                        new double[] {0.6, 1.1},
                        true));
        Axis share = Axis.linear("accuracy");
        Axis names = Axis.named(List.of("a", "b"));
        assertThat(words(parsed(new Plot("Free", names, share, marks)))).contains("1.5");
        Document svg = parsed(new Plot("Shares", names, share.endingAt(1), marks));
        assertThat(words(svg)).contains("1.0").doesNotContain("1.2", "1.5");
        NodeList lines = svg.getElementsByTagName("line");
        for (int i = 0; i < lines.getLength(); i++) {
            assertThat(number((Element) lines.item(i), "y2")).isGreaterThanOrEqualTo(44);
        }
    }

    private static double end(Element box) {
        return number(box, "y") + number(box, "height");
    }

    @Test
    void aLineThatALaterOneCoversIsWiderAndPaler() throws Exception {
        double[] x = {0, 1, 2};
        double[] y = {3, 2, 1};
        Document svg = parsed(new Plot(
                "Two that coincide",
                Axis.linear("x"),
                Axis.linear("y"),
                List.of(Mark.Line.of("earlier", x, y, true), Mark.Line.of("later", x, y, true))));
        NodeList paths = svg.getElementsByTagName("path");
        List<Element> curves = java.util.stream.IntStream.range(0, paths.getLength())
                .mapToObj(i -> (Element) paths.item(i))
                .filter(path -> path.getAttribute("fill").equals("none"))
                .toList();
        assertThat(curves.stream().map(curve -> curve.getAttribute("stroke-width")))
                .containsExactly("6.6", "2.2");
        assertThat(curves.stream().map(curve -> curve.getAttribute("opacity"))).containsExactly("0.4", "");
    }

    private static double number(Element box, String attribute) {
        return Double.parseDouble(box.getAttribute(attribute));
    }

    @Test
    void powersOfTenAreTheTicksOfALogarithmicAxis() {
        LogScale wide = LogScale.of(1e-5, 10, 0, 100);
        assertThat(wide.ticks()).containsExactly(1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0);
        assertThat(wide.ticks().stream().map(wide::label))
                .containsExactly("1e−5", "1e−4", "0.001", "0.01", "0.1", "1", "10");
        assertThat(LogScale.of(2, 30, 0, 100).ticks()).containsExactly(2.0, 5.0, 10.0, 20.0);
        assertThat(wide.at(0)).isNaN();
    }

    @Test
    void aPictureOfNothingIsAPicture() throws Exception {
        assertThat(words(parsed(new Plot("None", Axis.linear("x"), Axis.logarithmic("y"), List.of()))))
                .contains("None", "x", "y");
    }
}
