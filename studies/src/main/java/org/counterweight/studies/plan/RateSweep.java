package org.counterweight.studies.plan;

import java.util.ArrayList;
import java.util.List;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.shown.Figure;

/** The arms, tables and figures of a study in which every method is measured at the same learning rates. */
public record RateSweep(List<String> methods, List<Double> rates, double fixed) {
    public List<Arm> arms() {
        var arms = new ArrayList<Arm>();
        for (double rate : rates) {
            methods.forEach(method -> arms.add(new Arm(method, Knob.RATE.at(rate))));
        }
        return arms;
    }

    /** This method at the rate that is the same for all. */
    public Pick at(String method) {
        return Knob.RATE.at(method, fixed);
    }

    public List<Pick> atFixed() {
        return methods.stream().map(this::at).toList();
    }

    public List<Pick> tuned() {
        return methods.stream().map(Pick::tuned).toList();
    }

    public Figure.Sweep figure(String name, String title, Metric metric) {
        return new Figure.Sweep(
                name,
                title,
                "learning rate",
                metric,
                methods,
                rates.stream().map(Knob.RATE::at).toList(),
                rates);
    }
}
