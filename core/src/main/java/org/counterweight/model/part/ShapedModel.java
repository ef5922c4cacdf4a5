package org.counterweight.model.part;

import java.util.Map;
import org.counterweight.model.Model;
import org.counterweight.model.module.Modules;

/** A model that says its modules and the shapes of their weights in one place, from which its tables of both follow. */
public interface ShapedModel extends Model {
    /** All modules with the shapes of their weights, in the order of the layers. */
    Shapes layout();

    @Override
    default Map<String, long[]> shapes() {
        return layout().byName();
    }

    @Override
    default Modules modules() {
        return layout().modules();
    }
}
