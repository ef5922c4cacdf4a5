package org.counterweight.model.fresh;

import java.util.LinkedHashMap;
import java.util.Map;
import org.counterweight.config.Kinds;

/** The models that start from random weights, by name. */
public final class FreshModels implements Kinds<FreshModel> {
    @Override
    public Class<FreshModel> family() {
        return FreshModel.class;
    }

    @Override
    public Map<String, Class<? extends FreshModel>> kinds() {
        var kinds = new LinkedHashMap<String, Class<? extends FreshModel>>();
        kinds.put("mlp", FreshMlp.class);
        kinds.put("convnet", FreshConvNet.class);
        kinds.put("resnet", FreshResNet.class);
        kinds.put("unet", FreshUNet.class);
        kinds.put("dit", FreshDit.class);
        kinds.put("graphsage", FreshSage.class);
        kinds.put("gcn", FreshGcn.class);
        kinds.put("gin", FreshGin.class);
        return kinds;
    }
}
