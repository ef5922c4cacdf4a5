package org.counterweight.train.schedule;

import java.util.LinkedHashMap;
import java.util.Map;
import org.counterweight.config.Kinds;

/** The schedules by name. */
public final class Schedules implements Kinds<Schedule> {
    @Override
    public Class<Schedule> family() {
        return Schedule.class;
    }

    @Override
    public Map<String, Class<? extends Schedule>> kinds() {
        var kinds = new LinkedHashMap<String, Class<? extends Schedule>>();
        kinds.put("constant", Constant.class);
        kinds.put("linear", Linear.class);
        kinds.put("cosine", Cosine.class);
        kinds.put("milestones", Milestones.class);
        kinds.put("step", StepDecay.class);
        kinds.put("wsd", StableDecay.class);
        return kinds;
    }
}
