/**
 * The rhythm control.
 *
 * <p>Licence: GPL-3.0, since it contains TarsosDSP; the rest of Maestro is Apache-2.0 and does not
 * need it.
 */
package maestro.control.rhythm;
