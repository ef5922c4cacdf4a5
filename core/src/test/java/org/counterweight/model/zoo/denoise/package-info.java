@org.jspecify.annotations.NullMarked
package org.counterweight.model.zoo.denoise;
