package org.counterweight.model.zoo.family;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;

/** Heads of transformers that are not computed here, each with what it predicts and what to do instead. */
final class UnknownHead {
    private static final Map<String, String> TELLS = tells();

    private UnknownHead() {}

    private static Map<String, String> tells() {
        var tells = new LinkedHashMap<String, String>();
        tells.put("ForQuestionAnswering", "tells where in a text the answer to a question stands");
        tells.put("ForNextSentencePrediction", "tells whether a sentence follows another");
        tells.put("ForMultipleChoice", "tells which of several continuations fits");
        tells.put("DoubleHeadsModel", "goes on with texts and tells which of several continuations fits");
        tells.put("ForVision2Seq", "describes images");
        tells.put("ForMaskedImageModeling", "fills gaps of images");
        tells.put("ForSemanticSegmentation", "tells a class of each pixel");
        tells.put("ForObjectDetection", "tells where things are in an image");
        tells.put("ForDepthEstimation", "tells how far each pixel is");
        tells.put("WithTeacher", "is taught by another model's answers");
        return tells;
    }

    /** @param known the class names of the family */
    static ConfigException refusal(String architecture, List<String> known) {
        return TELLS.entrySet().stream()
                .filter(head -> architecture.endsWith(head.getKey()))
                .findFirst()
                .map(head -> new ConfigException("architectures: \"" + architecture + "\" " + head.getValue()
                        + ", which is not computed here: ask it with transformers; cw run takes the model without this"
                        + " head and teaches it another task"))
                .orElseGet(() -> new ConfigException(
                        Configs.unknown("architectures: \"" + architecture + "\"", architecture, known)));
    }
}
