/** Training of the networks that hear style (paper, section 4.2.3). */
package maestro.training.style;
