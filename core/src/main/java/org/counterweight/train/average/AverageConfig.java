package org.counterweight.train.average;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** The settings of a running average: in a recipe {@code train.average}, by the names that {@link Averages} lists. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
public interface AverageConfig {
    /** An average that has taken in nothing, of tensors with these names, shapes and types. */
    RunningAverage create(Map<String, Tensor> like);
}
