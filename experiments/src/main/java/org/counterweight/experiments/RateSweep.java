package org.counterweight.experiments;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The arms, tables and figures of a study in which every method is measured at the same learning rates. */
record RateSweep(List<String> methods, List<Double> rates, double fixed) {
    /** {@code lr 0.003} as a setting of an arm. */
    static String setting(double rate) {
        return String.format(Locale.ROOT, "lr %s", rate);
    }

    /** The rate of an arm whose setting says it. */
    static double rate(Arm arm) {
        return Double.parseDouble(arm.setting().substring("lr ".length()));
    }

    List<Arm> arms() {
        var arms = new ArrayList<Arm>();
        for (double rate : rates) {
            methods.forEach(method -> arms.add(new Arm(method, setting(rate))));
        }
        return arms;
    }

    /** This method at the rate that is the same for all. */
    Pick at(String method) {
        return Pick.of(method, setting(fixed));
    }

    List<Pick> atFixed() {
        return methods.stream().map(this::at).toList();
    }

    List<Pick> tuned() {
        return methods.stream().map(Pick::tuned).toList();
    }

    Figure.Sweep figure(String name, String title, Metric metric) {
        return new Figure.Sweep(
                name,
                title,
                "learning rate",
                metric,
                methods,
                rates.stream().map(RateSweep::setting).toList(),
                rates);
    }
}
