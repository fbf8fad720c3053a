/** Training of the vocoder (paper, section 3.3; HiFi-GAN, Kong et al. 2020). */
package maestro.training.vocoder;
